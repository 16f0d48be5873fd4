// Control characters, lone surrogates, blanks that look like a space or like nothing, and what turns the direction of
// text: what is read is not what is there.
const INVISIBLE = /[\p{Cc}\p{Cs}\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/gu;

/** Text with every character that can't be seen as its escape, `\u202e`: one line, in its own order. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
