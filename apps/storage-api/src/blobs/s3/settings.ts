/** How to reach the bucket that keeps the bytes. */
export interface S3StoreSettings {
  readonly bucket: string;
  /** Begins every key of ours; empty, or ends with a slash. Several installations in one bucket need different ones. */
  readonly prefix: string;
  /** Base URL of the service; undefined for AWS itself. */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** The bucket in the path instead of in the host name. */
  readonly forcePathStyle: boolean;
  readonly credentials: S3Credentials;
  /** Connections to the store at the same time. */
  readonly maxSockets: number;
  /** Longest silence of the store, and longest wait for a free connection, in milliseconds. */
  readonly timeoutMs: number;
  /** Large uploads are sent in parts of this size. */
  readonly partBytes: number;
  /** Directory on this machine for the part of a large upload that is being received. */
  readonly spoolDirectory: string;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}
