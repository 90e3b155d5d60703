import { Injectable } from '@nestjs/common';
import { violates } from '#platform/database';
import { type Page, pageOf } from '#platform/http';
import { ProductNotFound, SkuTaken } from '../catalog.errors.js';
import { ProductCorrected, ProductOffered } from '../catalog.events.js';
import { CatalogDatabase } from './catalog.database.js';
import type { Product } from './prisma/client.js';
import type { Correction, Offer, ProductPaging, ProductView } from './products.schemas.js';

@Injectable()
export class ProductsService {
  constructor(private readonly db: CatalogDatabase) {}

  async offer({ sku, name, price }: Offer): Promise<ProductView> {
    const created = await this.db
      .transaction(async (tx) => {
        const product = await tx.product.create({ data: { sku, name, ...price } });
        await tx.publish(ProductOffered, news(product));
        return product;
      })
      .catch((error: unknown) => {
        if (violates(error, 'products_pkey')) throw new SkuTaken({ sku }, { cause: error });
        throw error;
      });
    return view(created);
  }

  async get(sku: string): Promise<ProductView> {
    const found = await this.db.query((prisma) => prisma.product.findUnique({ where: { sku } }));
    if (!found) throw new ProductNotFound({ sku });
    return view(found);
  }

  async correct(sku: string, { name, price }: Correction): Promise<ProductView> {
    const data = { ...(name && { name }), ...price };
    const corrected = await this.db.transaction(async (tx) => {
      const [product] = await tx.product.updateManyAndReturn({ where: { sku }, data });
      if (product) await tx.publish(ProductCorrected, news(product));
      return product;
    });
    if (!corrected) throw new ProductNotFound({ sku });
    return view(corrected);
  }

  async list({ limit, after }: ProductPaging): Promise<Page<ProductView>> {
    const rows = await this.db.query((prisma) =>
      prisma.product.findMany({
        where: after ? { sku: { gt: after } } : {},
        orderBy: { sku: 'asc' },
        take: limit + 1,
      }),
    );
    return pageOf(rows.map(view), limit, ({ sku }) => sku);
  }
}

const news = ({ sku, name, amount, currency }: Product) => ({
  sku,
  name,
  price: { amount, currency },
});

const view = ({ sku, name, amount, currency, createdAt }: Product): ProductView => ({
  sku,
  name,
  price: { amount, currency },
  createdAt: createdAt.toISOString(),
});
