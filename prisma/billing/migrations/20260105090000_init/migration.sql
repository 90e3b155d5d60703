-- CreateEnum
CREATE TYPE "charge_status" AS ENUM ('pending', 'charged', 'declined', 'refunding', 'refunded', 'voided');

-- CreateTable
CREATE TABLE "charges" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "status" "charge_status" NOT NULL,
    "order_id" UUID,
    "customer_id" UUID,
    "amount" BIGINT,
    "currency" CHAR(3),
    "reference" TEXT,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "charged_at" TIMESTAMPTZ(3),
    "refunded_at" TIMESTAMPTZ(3),

    CONSTRAINT "charges_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhooks" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "charges_key_key" ON "charges"("key");

-- CreateIndex
CREATE INDEX "charges_order_id_id_idx" ON "charges"("order_id", "id");

-- Only a refund that came before its charge knows nothing but the key.
ALTER TABLE "charges" ADD CONSTRAINT "charges_voided_check" CHECK ("status" = 'voided' OR num_nulls("order_id", "customer_id", "amount", "currency") = 0);

ALTER TABLE "charges" ADD CONSTRAINT "charges_amount_check" CHECK ("amount" >= 0);

-- Whoever says that money moved says when.
ALTER TABLE "charges" ADD CONSTRAINT "charges_charged_at_check" CHECK ("status" NOT IN ('charged', 'refunded') OR "charged_at" IS NOT NULL);

ALTER TABLE "charges" ADD CONSTRAINT "charges_refunded_at_check" CHECK (("status" = 'refunded') = ("refunded_at" IS NOT NULL));
