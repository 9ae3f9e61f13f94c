import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { parseXml, type XmlElement } from '../xml/parse-xml.ts';
import type { XmlTree } from '../xml/render-xml.ts';
import { CORS_METHODS, type CorsRule, corsRulesSchema } from './cors-rules.ts';

/** Rules of a CORSConfiguration document. @throws MalformedXML; InvalidRequest naming a method or a pattern that cannot be */
export function parseCorsDocument(source: string): readonly CorsRule[] {
  const root = parseXml(source);
  if (root.name !== 'CORSConfiguration' || root.children.some(({ name }) => name !== 'CORSRule')) throw new S3Error('MalformedXML');
  const rules = root.children.map(parseRule);
  const parsed = corsRulesSchema.safeParse(rules);
  if (parsed.success) return parsed.data;
  throw new S3Error('MalformedXML', `The CORS rules are not valid: ${parsed.error.issues[0]?.path.join('.') ?? ''}`.trim());
}

const LISTS = ['AllowedOrigin', 'AllowedMethod', 'AllowedHeader', 'ExposeHeader'];
const SINGLES = ['ID', 'MaxAgeSeconds'];

function parseRule(element: XmlElement): unknown {
  const texts = (name: string) => element.children.filter((child) => child.name === name).map(({ text }) => text.trim());
  const known = element.children.every((child) => child.children.length === 0 && [...LISTS, ...SINGLES].includes(child.name));
  if (!known || SINGLES.some((name) => texts(name).length > 1)) throw new S3Error('MalformedXML');
  const [[id], [maxAge]] = [texts('ID'), texts('MaxAgeSeconds')];
  const methods = texts('AllowedMethod');
  const unknown = methods.find((method) => !CORS_METHODS.some((candidate) => candidate === method));
  if (unknown !== undefined)
    throw new S3Error('InvalidRequest', `Found unsupported HTTP method in CORS config. Unsupported method is ${unknown}`);
  if (maxAge !== undefined && !/^\d{1,10}$/.test(maxAge)) throw new S3Error('MalformedXML');
  const twoStars = [...texts('AllowedOrigin'), ...texts('AllowedHeader')].find((pattern) => pattern.split('*').length > 2);
  if (twoStars !== undefined) throw new S3Error('InvalidRequest', `"${twoStars}" can not have more than one wildcard.`);
  return {
    ...(id === undefined ? {} : { id }),
    origins: texts('AllowedOrigin'),
    methods,
    headers: texts('AllowedHeader'),
    exposed: texts('ExposeHeader'),
    ...(maxAge === undefined ? {} : { maxAgeSeconds: Number(maxAge) }),
  };
}

/** The document that {@link parseCorsDocument} reads. */
export function describeCorsRules(rules: readonly CorsRule[]): XmlTree {
  return {
    CORSRule: rules.map(({ id, origins, methods, headers, exposed, maxAgeSeconds }) => ({
      ID: id,
      AllowedOrigin: origins,
      AllowedMethod: methods,
      AllowedHeader: headers,
      ExposeHeader: exposed,
      MaxAgeSeconds: maxAgeSeconds,
    })),
  };
}
