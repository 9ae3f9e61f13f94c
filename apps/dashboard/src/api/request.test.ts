import { describe, expect, test } from 'vitest';
import { buildRequest } from './request.ts';

describe('buildRequest', () => {
  test('puts path parameters into the path, encoded, and the rest of a GET into the query', () => {
    const request = buildRequest({ method: 'GET', path: '/buckets/{bucket}/objects' }, { bucket: "a b?&'", prefix: 'ä/ö/', limit: 200 });
    expect(request).toEqual({
      method: 'GET',
      url: "/api/v1/buckets/a%20b%3F%26'/objects?prefix=%C3%A4%2F%C3%B6%2F&limit=200",
      body: undefined,
    });
  });

  test('leaves out what is undefined, and the question mark when nothing is left', () => {
    expect(buildRequest({ method: 'DELETE', path: '/buckets/{bucket}' }, { bucket: 'x', force: undefined }).url).toBe('/api/v1/buckets/x');
  });

  test('sends the rest of other methods as JSON, nulls included', () => {
    const request = buildRequest({ method: 'PATCH', path: '/buckets/{bucket}' }, { bucket: 'x', file_size_limit: null, public: true });
    expect(request.body).toBe('{"file_size_limit":null,"public":true}');
  });

  test('does not read replacement patterns in a value', () => {
    expect(buildRequest({ method: 'GET', path: '/buckets/{bucket}' }, { bucket: '$&$1' }).url).toBe('/api/v1/buckets/%24%26%241');
  });
});
