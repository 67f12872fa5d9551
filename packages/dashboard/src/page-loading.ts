// A page is loaded when it is first gone to. Where that fails it is either because the server does not answer, or because it has been
// upgraded since: then it has other scripts by now.

export class PageNotLoaded extends Error {
  override readonly name = 'PageNotLoaded';
  constructor(cause: unknown) {
    super('The server did not answer, so this page could not be loaded.', { cause });
  }
}

const ANSWERS_WITHIN_MS = 10_000;
/** Scripts come slowly over a narrow line. */
const ASKED_EVERY_MS = 20_000;

/** Whether anything answers where this page came from. */
export const serverAnswers = async (ask: typeof fetch = fetch): Promise<boolean> => {
  try {
    return (await ask('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) })).ok;
  } catch {
    return false;
  }
};

/** What is thrown where the server answers is the router's: it loads the page anew, which finds the scripts of the new release. */
export const pageOf =
  <T>(load: () => Promise<T>, answers: () => Promise<boolean> = serverAnswers) =>
  async (): Promise<T> => {
    try {
      return await whileAnswering(load(), answers);
    } catch (error) {
      if (error instanceof PageNotLoaded) throw error;
      throw (await answers()) ? error : new PageNotLoaded(error);
    }
  };

/** As long as it takes, while there is a server that it can come from. */
async function whileAnswering<T>(loading: Promise<T>, answers: () => Promise<boolean>): Promise<T> {
  for (;;) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const slow = new Promise<'slow'>((resolve) => {
      timer = setTimeout(() => resolve('slow'), ASKED_EVERY_MS);
    });
    const first = await Promise.race([loading.then((page) => ({ page })), slow]).finally(() => clearTimeout(timer));
    if (first !== 'slow') return first.page;
    if (!(await answers())) throw new PageNotLoaded(new Error('no answer'));
  }
}
