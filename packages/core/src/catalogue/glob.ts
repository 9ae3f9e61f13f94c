/** A glob over whole paths as a regular expression of Postgres: `**` any path, `*` within a segment, `?` one character. */
export function globToPattern(glob: string): string {
  const body = glob.replaceAll(/\*\*\/|\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  return `^${body}$`;
}
