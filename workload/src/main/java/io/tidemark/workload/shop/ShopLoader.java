package io.tidemark.workload.shop;

import io.tidemark.spi.item.ItemStore;
import io.tidemark.spi.item.ItemWrite;
import io.tidemark.workload.run.LoadOptions;
import io.tidemark.workload.run.LoadResult;
import io.tidemark.workload.run.Randoms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** Fills the tables in batches, from several threads. */
final class ShopLoader {
    private static final int THREADS = 4;
    private static final long STREAM_CUSTOMERS = -2;
    private static final long STREAM_ORDERS = -1_000_000_000_000L;
    private static final long STREAM_PARCELS = -2_000_000_000_000L;

    private final ItemStore store;
    private final ShopTables tables;
    private final ShopItems items;
    private final long seed;

    ShopLoader(ItemStore store, ShopTables tables, ShopItems items, long seed) {
        this.store = store;
        this.tables = tables;
        this.items = items;
        this.seed = seed;
    }

    LoadResult load(LoadOptions options) {
        long start = System.nanoTime();
        Map<String, Long> loaded = new LinkedHashMap<>();
        loaded.put("orders", orders(options.transactions(), options.accounts()));
        loaded.put("customers", customers(options.accounts()));
        if (options.statements() > 0) {
            loaded.put("parcels", parcels(options.statements()));
        }
        return new LoadResult(loaded, Duration.ofNanos(System.nanoTime() - start));
    }

    long customers(long count) {
        return write(count, number -> {
            SplittableRandom random = Randoms.stream(seed, STREAM_CUSTOMERS - number);
            return ItemWrite.put(tables.customers().name(), ShopTables.customerKey(number), items.customer(random));
        });
    }

    private long orders(long count, long customers) {
        return write(count, number -> {
            SplittableRandom random = Randoms.stream(seed, STREAM_ORDERS - number);
            String customer = String.valueOf(
                    ShopTables.customerKey(random.nextLong(customers)).get("id"));
            return ItemWrite.put(tables.orders().name(), ShopTables.orderKey(customer, number), items.order(random));
        });
    }

    long parcels(long count) {
        return write(count, number -> {
            SplittableRandom random = Randoms.stream(seed, STREAM_PARCELS - number);
            return ItemWrite.put(tables.parcels().name(), ShopTables.parcelKey(number), items.parcel(number, random));
        });
    }

    private long write(long count, LongFunction<ItemWrite> item) {
        AtomicLong next = new AtomicLong();
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            writers.add(done);
            Thread thread = new Thread(() -> fill(next, count, item, done), "workload-load-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        try {
            writers.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw e;
        }
        return count;
    }

    private void fill(AtomicLong next, long count, LongFunction<ItemWrite> item, CompletableFuture<Void> done) {
        try {
            while (true) {
                long from = next.getAndAdd(ItemStore.WRITES_MAX);
                if (from >= count) {
                    done.complete(null);
                    return;
                }
                List<ItemWrite> batch = new ArrayList<>();
                for (long number = from; number < Math.min(count, from + ItemStore.WRITES_MAX); number++) {
                    batch.add(item.apply(number));
                }
                store.writeBatch(batch);
            }
        } catch (RuntimeException | Error e) {
            // The others end, too.
            next.set(count);
            done.completeExceptionally(e);
        }
    }
}
