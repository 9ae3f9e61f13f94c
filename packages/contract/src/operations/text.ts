import { z } from 'zod';

/** Text that every layer below can hold: well-formed Unicode without control characters. */
export function plainText(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .refine((text) => text.isWellFormed() && !hasControlCharacter(text), 'control characters and broken Unicode are not allowed');
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
