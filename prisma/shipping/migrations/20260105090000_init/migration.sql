-- CreateEnum
CREATE TYPE "shipment_status" AS ENUM ('scheduled', 'delivered', 'cancelled');

-- CreateTable
CREATE TABLE "shipments" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "order_id" UUID NOT NULL,
    "status" "shipment_status" NOT NULL DEFAULT 'scheduled',
    "lines" JSONB NOT NULL,
    "scheduled_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),

    CONSTRAINT "shipments_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "shipments_key_key" ON "shipments"("key");

-- CreateIndex
CREATE INDEX "shipments_order_id_id_idx" ON "shipments"("order_id", "id");

-- A shipment ends once: delivered or cancelled.
ALTER TABLE "shipments" ADD CONSTRAINT "shipments_delivered_at_check" CHECK (("status" = 'delivered') = ("delivered_at" IS NOT NULL));

ALTER TABLE "shipments" ADD CONSTRAINT "shipments_cancelled_at_check" CHECK (("status" = 'cancelled') = ("cancelled_at" IS NOT NULL));
