import { appRoutes } from './app.ts';
import { checkRoutes } from './checks.ts';
import { commentRoutes } from './comments.ts';
import { commitRoutes } from './commits.ts';
import { contentRoutes } from './contents.ts';
import { mergeRoutes } from './merging.ts';
import { objectRoutes } from './objects.ts';
import { pullRoutes } from './pulls.ts';
import { refRoutes } from './refs.ts';
import { repositoryRoutes } from './repositories.ts';
import { reviewCommentRoutes } from './review-comments.ts';
import type { RestRoute } from './route.ts';
import { ruleRoutes } from './rules.ts';
import { statusRoutes } from './statuses.ts';
import { teamRoutes } from './teams.ts';
import { treeRoutes } from './trees.ts';

/** All operations; the first match counts, so `commits/{ref}` comes after longer paths. */
export const routes: readonly RestRoute[] = [
  ...appRoutes,
  ...teamRoutes,
  ...repositoryRoutes,
  ...ruleRoutes,
  ...refRoutes,
  ...objectRoutes,
  ...treeRoutes,
  ...contentRoutes,
  ...pullRoutes,
  ...mergeRoutes,
  ...commentRoutes,
  ...reviewCommentRoutes,
  ...checkRoutes,
  ...statusRoutes,
  ...commitRoutes,
];
