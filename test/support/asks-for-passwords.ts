import pg from 'pg';
import { urlWith } from '#platform/database/names';
import { testProject } from './test-project.js';

/** Whether the server looks at passwords at all: one of DATABASE_URL may trust everybody. */
export async function asksForPasswords(): Promise<boolean> {
  const connectionString = urlWith(testProject().adminUrl, { password: 'wrong' });
  const client = new pg.Client({ connectionString });
  return client.connect().then(
    () => client.end().then(() => false),
    () => true,
  );
}
