import { z } from 'zod';

export const idSchema = z.uuid();
export const timestampSchema = z.iso.datetime();

/** Text that PostgreSQL can hold: no NUL. */
export const textSchema = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((value) => !value.includes('\u0000'), { message: 'must not contain NUL characters' });

export const seedSchema = z.number().int().min(0).max(0x7fffffff);
export const featureIndexSchema = z.number().int().min(0).max(10_000_000);
