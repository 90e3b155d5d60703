import {
  Body,
  Controller,
  Get,
  HttpCode,
  Injectable,
  Module,
  Param,
  Post,
  Query,
} from '@nestjs/common';
import { processEnvironment } from '#config';
import { ModuleDatabase } from '#platform/database';
import { defineModule } from '#platform/define-module';
import { id, newId } from '#platform/http';
import { Mailer } from '#platform/mail';
import { PrismaClient } from '../../support/prisma-client.js';
import { type Days, days, type Placing, placing } from './shared.schemas.js';
import {
  newest,
  type Order,
  page,
  place,
  price,
  type Product,
  revenue,
} from './shared.statements.js';
import { viewOf } from './view.js';

@Injectable()
class SharedDatabase extends ModuleDatabase<PrismaClient> {}

const { BILLING_PROVIDER_URL, BILLING_PROVIDER_KEY, ORDERS_MAIL_FOLDER } = processEnvironment();

/** The money is taken first, and given back when there is not enough stock after all. */
async function ask(path: 'payments' | 'refunds', body: object): Promise<{ id: string }> {
  const response = await fetch(`${BILLING_PROVIDER_URL}/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${BILLING_PROVIDER_KEY}`,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`The payment provider answered ${response.status}`);
  return (await response.json()) as { id: string };
}

/** The shop without walls: any table may be joined, and an order is placed by one statement. */
@Controller()
class SharedController {
  private readonly mailer = new Mailer({
    folder: ORDERS_MAIL_FOLDER ?? '',
    from: 'shop@localhost.invalid',
  });

  constructor(private readonly db: SharedDatabase) {}

  @Post('orders')
  @HttpCode(201)
  async place(@Body({ schema: placing }) given: Placing) {
    const order = priced(given, await this.db.query<Product>(price(given)));
    const { id: orderId, currency, total: amount } = order;
    const key = `${orderId}:charge`;
    const payment = await ask('payments', { key, orderId, amount, currency });
    const [customer] = await this.db.query<{ name: string; email: string }>(
      place(order, newId(), newId(), payment.id),
    );
    if (!customer) {
      await ask('refunds', { key });
      throw new Error('There is not enough stock.');
    }
    await this.mailer.send(`order.${orderId}.confirmation`, {
      to: { name: customer.name, address: customer.email },
      subject: `Your order ${orderId} is confirmed`,
      text: order.lines.map(({ quantity, name }) => `${quantity} x ${name}`).join('\n'),
    });
    return viewOf(order);
  }

  @Get('pages/orders/:id')
  async page(@Param('id', { schema: id }) orderId: string) {
    const [order] = await this.db.query<Order>(page(orderId));
    return viewOf(order as Order);
  }

  @Get('pages/orders')
  async list() {
    return (await this.db.query<Order>(newest(50))).map(viewOf);
  }

  @Get('reports/revenue')
  async revenue(@Query({ schema: days }) { from, to }: Days) {
    return { rows: await this.db.query(revenue(from, to)) };
  }
}

function priced({ customerId, lines }: Placing, products: Product[]): Order {
  const offered = new Map(products.map((product) => [product.sku, product]));
  const found = lines.map(({ sku, quantity }) => {
    const { name, amount, known } = offered.get(sku) ?? {};
    if (!known || name === undefined || amount === undefined) throw new Error('Not known.');
    return { sku, name, quantity, amount };
  });
  const total = found.reduce((sum, { quantity, amount }) => sum + quantity * amount, 0);
  const currency = products[0]?.currency ?? '';
  return { id: newId(), customerId, placedAt: new Date(), currency, total, lines: found };
}

@Module(
  defineModule(
    { name: 'shared', calls: [], hears: [] },
    { database: { type: SharedDatabase, client: PrismaClient }, controllers: [SharedController] },
  ),
)
export class SharedModule {}
