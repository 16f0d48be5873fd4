import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { build } from '../../../src/core/build/build.ts';
import { escapeInvisible } from '../../../src/core/model/invisible.ts';
import { serialize } from '../../../src/core/yaml/serialize.ts';
import { data, values } from '../../support/arbitraries.ts';
import { bytesOf, defaults, echo } from '../support.ts';

describe('reading', () => {
  const ends = (bytes: Uint8Array) => {
    const { findings, release } = build({ ...echo, bytes }, defaults, targets);
    expect(release !== undefined || findings.length > 0).toBe(true);
    for (const { range } of findings) {
      expect(Math.min(range.line, range.column, range.endLine, range.endColumn)).toBeGreaterThanOrEqual(1);
      expect(range.endLine > range.line || range.endColumn >= range.column).toBe(true);
    }
  };

  test('any bytes end in findings or a Release', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), ends), { numRuns: 1_000 });
  });

  test('and so does anything that looks like YAML', () => {
    const piece = fc.constantFrom(
      'deployment',
      'routes',
      'v1',
      ': ',
      ':',
      '\n',
      '\n  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '"',
      "'",
      '&a ',
      '*a',
      '<<: ',
      '!!str ',
      '!x ',
      '|',
      '>',
      '# ',
      '? ',
      '%',
      '---',
      '...',
      '~',
      '010',
      '\t',
      '\r\n',
      'primary',
      'canary',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => ends(bytesOf(pieces.join('')))),
      { numRuns: 3_000 },
    );
  });

  test('and so does anything where Kubernetes has its fields', () => {
    const fields = fc.dictionary(
      fc.constantFrom('image', 'args', 'env', 'replicas', 'resources', 'readinessProbe', 'labels', 'annotations'),
      data.value,
      { maxKeys: 3 },
    );
    const container = fc.dictionary(
      fc.constantFrom('ports', 'volumeMounts', 'envFrom', 'lifecycle', 'name', 'securityContext', 'x'),
      fc.oneof(data.value, fc.array(fc.record({ name: data.value, containerPort: data.value }), { maxLength: 3 })),
      { maxKeys: 3 },
    );
    const pod = fc.dictionary(
      fc.constantFrom('volumes', 'initContainers', 'containers', 'hostname', 'affinity', 'restartPolicy'),
      fc.oneof(data.value, fc.array(fc.record({ name: data.value, ports: data.value }), { maxLength: 3 })),
      { maxKeys: 3 },
    );
    const part = fc.tuple(fields, fc.option(fc.oneof(container, data.value)), fc.option(fc.oneof(pod, data.value)));
    fc.assert(
      fc.property(part, part, ([own, ofContainer, ofPod], [shared, more]) => {
        const written = {
          defaults: { ...shared, container: more },
          deployment: { v1: { ...own, container: ofContainer, pod: ofPod } },
          routes: { primary: { version: 'v1' } },
        };
        ends(bytesOf(escapeInvisible(JSON.stringify(written))));
      }),
      { numRuns: 500 },
    );
  });

  test('and so does a valid file with one character changed', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.constantFrom(...'{}[]:,-"\'&*!|>%@#\n\t x'), (written, at, character) => {
        const yaml = serialize(written);
        const index = at % yaml.length;
        ends(bytesOf(yaml.slice(0, index) + character + yaml.slice(index + 1)));
      }),
      { numRuns: 500 },
    );
  });
});
