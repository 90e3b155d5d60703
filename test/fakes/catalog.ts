import { catalogContract, ProductCorrected, ProductOffered } from '#modules/catalog';
import type { Money } from '#platform/http';
import { answersTo, type Fake } from '../support/fakes/fake-module.js';

interface Product {
  sku: string;
  name: string;
  price: Money;
}

/** The catalog in memory. */
export const fake: Fake = (module) => {
  const products = module.rows<Product>();

  const offer = (product: Product) => {
    products.set(product.sku, product);
    module.feed.publish(ProductOffered, product);
    return product;
  };
  const correct = (sku: string, given: Partial<Product>) => {
    const product = { ...(products.get(sku) as Product), ...given };
    products.set(sku, product);
    module.feed.publish(ProductCorrected, product);
    return product;
  };

  return {
    answers: answersTo(catalogContract, {
      find: ({ skus }) =>
        Promise.resolve([...products.values()].filter(({ sku }) => skus.includes(sku))),
    }),
    path: 'products',
    routes: (server) => {
      server.post<{ Body: Product }>('/products', ({ body }, reply) =>
        reply.code(201).send(offer(body)),
      );
      server.patch<{ Params: { sku: string }; Body: Partial<Product> }>(
        '/products/:sku',
        ({ params, body }) => correct(params.sku, body),
      );
      server.get('/products', () => ({ items: [...products.values()], next: null }));
      server.get<{ Params: { sku: string } }>('/products/:sku', ({ params }) =>
        products.get(params.sku),
      );
    },
  };
};
