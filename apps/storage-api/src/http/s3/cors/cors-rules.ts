import { z } from 'zod';

export const CORS_METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'] as const;

const wildcardOnce = z
  .string()
  .regex(/^[^*]*\*?[^*]*$/)
  .max(2048);
const ruleSchema = z.object({
  id: z.string().max(255).exactOptional(),
  origins: z.array(wildcardOnce).min(1),
  methods: z.array(z.enum(CORS_METHODS)).min(1),
  headers: z.array(wildcardOnce),
  exposed: z.array(z.string().regex(/^[A-Za-z0-9!#$%&'+.^_`|~-]+$/)),
  maxAgeSeconds: z.number().int().nonnegative().max(2_147_483_647).exactOptional(),
});
export const corsRulesSchema = z.array(ruleSchema).min(1).max(100);
export type CorsRule = z.infer<typeof ruleSchema>;

/** What a browser wants to do from another origin. */
export interface CorsRequest {
  readonly origin: string;
  readonly method: string;
  /** Of a preflight; names in lower case. */
  readonly headers: readonly string[];
}

/** The first rule that allows it, as S3 picks it; undefined when none does. */
export function findCorsRule(rules: readonly CorsRule[], { origin, method, headers }: CorsRequest): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.origins.some((pattern) => matches(pattern, origin)) &&
      rule.methods.some((allowed) => allowed === method) &&
      headers.every((name) => rule.headers.some((pattern) => matches(pattern.toLowerCase(), name))),
  );
}

/** One `*` stands for any text. */
function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === text;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
