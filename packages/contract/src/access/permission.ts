import { z } from 'zod';

/** Name of a permission, `noun:verb`, such as `objects:read`. */
export const permissionNameSchema = z.string().regex(/^[a-zA-Z][a-zA-Z0-9]*:[a-zA-Z]+$/);
