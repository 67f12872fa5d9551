// Where the dashboard begins: colours, styles, data and addresses around the pages of router.tsx.
import '@mantine/core/styles.css';
import './dashboard.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { styleNonce } from './nonce.ts';
import { createQueries, sessionQuery } from './queries.ts';
import { createDashboardRouter } from './router.tsx';
import { theme } from './theme.ts';

const queries = createQueries(() => {
  queries.removeQueries({ queryKey: sessionQuery.queryKey });
  void router.invalidate();
});
const router = createDashboardRouter(queries);

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for the dashboard.');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
