import { Injectable } from '@nestjs/common';
import { type CatalogContract, catalogContract } from '#modules/catalog';
import { type ContractClient, InjectContract } from '#platform/contracts';
import { newId } from '#platform/http';
import { MixedCurrencies, UnknownCustomer, UnknownProduct } from '../orders.errors.js';
import { KnownCustomers } from './known-customers.js';
import type { Order, OrderLine } from './order.js';
import type { Line, OrderRequest } from './orders.schemas.js';

/** Makes an order of a request: checks the customer, and takes today's names and prices. */
@Injectable()
export class OrderPricing {
  constructor(
    private readonly customers: KnownCustomers,
    @InjectContract(catalogContract) private readonly catalog: ContractClient<CatalogContract>,
  ) {}

  async price({ customerId, lines }: OrderRequest): Promise<Order> {
    const wanted = addUp(lines);
    const [known, products] = await Promise.all([
      this.customers.knows(customerId),
      this.catalog.find({ skus: [...wanted.keys()] }),
    ]);
    if (!known) throw new UnknownCustomer({ customerId });

    const offered = new Map(products.map((product) => [product.sku, product]));
    const unknown = [...wanted.keys()].filter((sku) => !offered.has(sku));
    if (unknown.length > 0) throw new UnknownProduct({ skus: unknown });

    const currencies = [...new Set(products.map(({ price }) => price.currency))];
    const [currency] = currencies;
    if (currency === undefined || currencies.length > 1) throw new MixedCurrencies({ currencies });

    const priced = [...wanted].map(([sku, quantity]): OrderLine => {
      const { name, price } = offered.get(sku) as (typeof products)[number];
      return { sku, name, quantity, amount: price.amount };
    });
    const total = priced.reduce((sum, { quantity, amount }) => sum + quantity * amount, 0);
    return {
      id: newId(),
      status: 'pending',
      customerId,
      placedAt: new Date(),
      reason: null,
      currency,
      total,
      lines: priced,
    };
  }
}

/** One quantity per SKU, since lines may name the same product again. */
function addUp(lines: readonly Line[]): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  return wanted;
}
