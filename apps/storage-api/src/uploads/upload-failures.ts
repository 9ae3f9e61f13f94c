import { ProtocolError } from '../errors.ts';

/** Failures of uploads in parts; each call builds a fresh error. The statuses are those of the TUS protocol. */
export const uploadFailures = {
  notFound: () => new ProtocolError({ status: 404, protocolCode: 'NoSuchUpload', message: 'The upload was not found' }),
  /** It was ended or completed by another request in the meantime. */
  gone: () => new ProtocolError({ status: 410, protocolCode: 'NoSuchUpload', message: 'The upload no longer exists' }),
  checksumMismatch: () => new ProtocolError({ status: 460, protocolCode: 'InvalidChecksum', message: 'Checksum Mismatch' }),
  checksumInvalid: () =>
    new ProtocolError({
      status: 400,
      protocolCode: 'InvalidChecksum',
      message: 'Upload-Checksum is malformed or its algorithm is not supported',
    }),
  missingMetadata: (name: string) =>
    new ProtocolError({ status: 400, protocolCode: 'MissingParameter', message: `Missing Required Parameter ${name}` }),
};
