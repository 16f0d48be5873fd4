import { schema } from '@octokit/graphql-schema';
import { buildSchema, type GraphQLSchema, parse, validate } from 'graphql';

let published: GraphQLSchema | undefined; // built once: it takes a second

/**
 * What GitHub's published GraphQL schema (npm: @octokit/graphql-schema) has against a query, a line each. Throws nothing:
 * what isn't GraphQL at all is a complaint as well.
 */
export function checkQuery(query: unknown): readonly string[] {
  if (typeof query !== 'string') return ['the body has no query'];
  published ??= buildSchema(schema.idl, { assumeValid: true });
  try {
    return validate(published, parse(query)).map(({ message }) => `GraphQL: ${message}`);
  } catch (error) {
    return [`GraphQL: ${(error as Error).message}`];
  }
}
