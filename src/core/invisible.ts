// Control characters, zero-width ones, and those that turn the direction of text: what is read is not what is there.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to show as escapes
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g;

/** Text with every character that can't be seen as its escape, `\u202e`: one line, in its own order. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
