/** Part of what a container wrote. */
export interface OutputPart {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

const HEADER_BYTES = 8;
const STDERR = 2;

/** What the engine sends of an output, as it comes or all of it. */
export type Output = AsyncIterable<Buffer | string> | Iterable<Buffer | string>;

/** Takes the engine's frames apart: a byte for the stream, three of nothing, four of length, the bytes. */
export async function* demultiplex(source: Output): AsyncGenerator<OutputPart> {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  let buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    buffer = Buffer.concat([buffer, Buffer.from(chunk)]);
    while (buffer.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + buffer.readUInt32BE(4);
      if (buffer.length < end) break;
      const stream = buffer[0] === STDERR ? 'stderr' : 'stdout';
      yield { stream, text: decoders[stream].decode(buffer.subarray(HEADER_BYTES, end), { stream: true }) };
      buffer = buffer.subarray(end);
    }
  }
}
