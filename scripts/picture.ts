/**
 * Makes docs/comment.svg: the comment of test/cases/picture-of-the-comment as GitHub shows it. `npm test -- -u` does the
 * same after a change of the comment.
 *
 *   node scripts/picture.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawComment } from './picture/draw.ts';

const ROOT = join(import.meta.dirname, '..');
const comment = readFileSync(join(ROOT, 'test/cases/picture-of-the-comment/expected/comment.md'), 'utf8');
writeFileSync(join(ROOT, 'docs/comment.svg'), drawComment(comment));
