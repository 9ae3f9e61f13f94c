import { extract, pack } from 'tar-stream';

export interface ArchiveFile {
  readonly name: string;
  readonly content: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A tar archive, as the engine takes and gives files. */
export async function createArchive(files: readonly ArchiveFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of files) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Texts of the files in an archive, by the last part of their names. */
export async function readArchive(stream: NodeJS.ReadableStream): Promise<ReadonlyMap<string, string>> {
  const archive = extract();
  stream.pipe(archive);
  stream.on('error', (error: Error) => archive.destroy(error));
  const files = new Map<string, string>();
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    if (entry.header.type === 'file') files.set(entry.header.name.split('/').at(-1) ?? '', Buffer.concat(chunks).toString('utf8'));
  }
  return files;
}
