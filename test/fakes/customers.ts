import { CustomerRegistered, CustomerRenamed, customersContract } from '#modules/customers';
import { newId } from '#platform/http';
import { answersTo, type Fake } from '../support/fakes/fake-module.js';

interface Details {
  name: string;
  email: string;
}

/** Customers in memory. */
export const fake: Fake = (module) => {
  const customers = module.rows<Details & { id: string }>();

  const register = (given: Details) => {
    const customer = { id: newId(), ...given };
    customers.set(customer.id, customer);
    module.feed.publish(CustomerRegistered, { customerId: customer.id, ...given });
    return customer;
  };
  const correct = (id: string, given: Partial<Details>) => {
    const { name, email } = { ...(customers.get(id) as Details), ...given };
    customers.set(id, { id, name, email });
    module.feed.publish(CustomerRenamed, { customerId: id, name, email });
    return customers.get(id);
  };

  return {
    answers: answersTo(customersContract, {
      find: ({ ids }) =>
        Promise.resolve([...customers.values()].filter(({ id }) => ids.includes(id))),
    }),
    path: 'customers',
    routes: (server) => {
      server.post<{ Body: Details }>('/customers', ({ body }, reply) =>
        reply.code(201).send(register(body)),
      );
      server.patch<{ Params: { id: string }; Body: Partial<Details> }>(
        '/customers/:id',
        ({ params, body }) => correct(params.id, body),
      );
      server.get<{ Params: { id: string } }>('/customers/:id', ({ params }) =>
        customers.get(params.id),
      );
    },
  };
};
