import type { TestServer } from './server.ts';
import { PART_TYPE, tusFetch, type TusBody, tusMetadata, type TusRequest } from './tus.ts';

export interface Creation extends TusRequest {
  readonly length?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly url?: string;
}

/** The steps of the TUS protocol, each as one request, on bucket `box` of a test server. */
export class TusBox {
  readonly server: TestServer;
  readonly endpoint: string;
  #lastName = 0;

  constructor(server: TestServer) {
    this.server = server;
    this.endpoint = `${server.url}/storage/v1/upload/resumable`;
  }

  uniqueName(): string {
    this.#lastName += 1;
    return `file-${this.#lastName}.bin`;
  }

  create({ length = 10, metadata = {}, url = this.endpoint, headers, ...rest }: Creation = {}): Promise<Response> {
    const fields = { bucketName: 'box', objectName: this.uniqueName(), ...metadata };
    return tusFetch(url, { ...rest, headers: { 'upload-length': String(length), 'upload-metadata': tusMetadata(fields), ...headers } });
  }

  /** Creates and returns the location. */
  async createAt(options: Creation = {}): Promise<string> {
    const response = await this.create(options);
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    return response.headers.get('location') ?? '';
  }

  patch(location: string, offset: number, body: TusBody, { headers, ...rest }: TusRequest = {}): Promise<Response> {
    const own = { 'content-type': PART_TYPE, 'upload-offset': String(offset), ...headers };
    return tusFetch(location, { method: 'PATCH', body, headers: own, ...rest });
  }

  head(location: string): Promise<Response> {
    return tusFetch(location, { method: 'HEAD', token: '' });
  }

  async offsetAt(location: string): Promise<string | null> {
    return (await this.head(location)).headers.get('upload-offset');
  }

  /** Bytes of an object. */
  async stored(key: string): Promise<Buffer> {
    const { data, error } = await this.server.client().from('box').download(key);
    if (error) throw error;
    return Buffer.from(await data.arrayBuffer());
  }
}
