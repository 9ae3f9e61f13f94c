/**
 * What an object is called in an archive of its folder: below the folder's own name, and such that unpacking it stays there. Keys may
 * have empty parts, parts that mean other folders, and characters that a file system takes for something else.
 */
export function entryName(folder: { readonly bucket: string; readonly prefix: string }, key: string, sizeBytes: number): string {
  const top = folder.prefix.split('/').at(-2) ?? folder.bucket;
  const parts = key.slice(folder.prefix.length).split('/');
  const isFolder = parts.at(-1) === '' && sizeBytes === 0;
  const names = (isFolder ? parts.slice(0, -1) : parts).map(safePart);
  return `${[safePart(top), ...names].join('/')}${isFolder ? '/' : ''}`;
}

function safePart(part: string): string {
  // oxlint-disable-next-line no-control-regex -- keys may hold them, names of files should not
  const name = part.replaceAll(/[\\:*?"<>|\u0000-\u001f\u007f]/g, '_');
  return name === '' || name === '.' || name === '..' ? '_' : name;
}
