import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { parseAllDocuments } from 'yaml';

/** The objects of a YAML text as its readers take them: two of YAML 1.2, and two of 1.1 (Kubernetes and Helm). */
export function readingsOf(text: string): readonly (readonly unknown[])[] {
  const ofYaml = (version: '1.1' | '1.2') => {
    const documents = parseAllDocuments(text, { version });
    if (!Array.isArray(documents)) return [];
    for (const { errors } of documents) for (const error of errors) throw error;
    return documents.map((document) => document.toJS());
  };
  return [loadAll(text), loadAll(text, { schema: YAML11_SCHEMA }), ofYaml('1.2'), ofYaml('1.1')].map((objects) =>
    JSON.parse(JSON.stringify(objects)),
  );
}
