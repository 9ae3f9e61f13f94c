import { BYTES, json, ref, type RouteDocs } from '../route-doc.ts';

const picture = (summary: string) =>
  ({
    tag: 'transformation',
    summary,
    headers: ['accept', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'],
    answers: {
      200: { description: 'The picture.', content: { 'image/*': BYTES } },
      304: { description: 'The copy that the caller has is the current one.' },
      412: json('If-Match or If-Unmodified-Since does not hold.', ref('Error')),
    },
  }) as const;

export const PICTURE_DOCS: RouteDocs = {
  'GET /render/image/public/:bucketName/*': picture('Transform a picture of a public bucket'),
  'GET /render/image/authenticated/:bucketName/*': picture('Transform a picture'),
  'GET /render/image/sign/:bucketName/*': picture('Get the transformed picture that a link is for'),
};
