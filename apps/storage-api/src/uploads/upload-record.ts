/** An upload in parts, as it is remembered between its requests. */
export interface UploadRecord {
  readonly version: string;
  readonly bucket: string;
  readonly key: string;
  /** Role that began it; null when a signed link did. */
  readonly role: string | null;
  /** `sub` that began it and will own the object, or empty. */
  readonly subject: string;
  readonly upsert: boolean;
  /** `Upload-Metadata` as the client sent it. */
  readonly metadataHeader: string;
  readonly mimeType: string;
  readonly cacheControl: string;
  readonly userMetadata: Readonly<Record<string, unknown>> | null;
  /** Null while the client has not said how long it will be. */
  readonly lengthBytes: number | null;
  /** Bytes that are synced and acknowledged. Equals the length only once the object exists. */
  readonly offsetBytes: number;
  readonly maxBytes: number;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
}

/**
 * How many of `receivedBytes` may be acknowledged before the object exists. The last byte never is: a client that sees
 * all bytes acknowledged stops, so if the last step failed it has to come back and send that byte again.
 */
export function acknowledgeable(receivedBytes: number, lengthBytes: number | null): number {
  return lengthBytes === null ? receivedBytes : Math.min(receivedBytes, Math.max(0, lengthBytes - 1));
}
