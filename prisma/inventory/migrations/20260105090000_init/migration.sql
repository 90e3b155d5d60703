-- CreateTable
CREATE TABLE "stock" (
    "sku" TEXT NOT NULL,
    "on_hand" INTEGER NOT NULL,
    "reserved" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "stock_pkey" PRIMARY KEY ("sku")
);

-- CreateTable
CREATE TABLE "reservations" (
    "key" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,

    CONSTRAINT "reservations_pkey" PRIMARY KEY ("key","sku")
);

-- Whatever the code does, stock is never promised twice.
ALTER TABLE "stock" ADD CONSTRAINT "stock_reserved_check" CHECK ("reserved" BETWEEN 0 AND "on_hand");

ALTER TABLE "reservations" ADD CONSTRAINT "reservations_quantity_check" CHECK ("quantity" > 0);
