package io.tidemark.source.postgres.verify;

import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.source.postgres.view.CopyRows;
import io.tidemark.source.postgres.view.RelationLayout;
import io.tidemark.source.postgres.view.RelationPlan;
import io.tidemark.source.postgres.view.View;
import io.tidemark.source.postgres.view.ViewWork;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.verify.BucketDigest;
import io.tidemark.spi.verify.DigestRequest;
import io.tidemark.spi.verify.TableReading;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** Reads canonical texts of a table by text COPY, parts of it at the same time. */
public final class PostgresTableReading implements TableReading {
    private static final long PART_BYTES = 64L << 20;

    private final View view;
    private final SourceTable table;
    private final RowSchema schema;
    private final TypeCatalog types;

    public PostgresTableReading(View view, SourceTable table, TypeCatalog types) {
        this.view = view;
        this.table = table;
        this.schema = table.schema();
        this.types = types;
    }

    @Override
    public List<BucketDigest> digests(DigestRequest request) {
        List<RelationPlan> parts = parts(request);
        BucketSums total = new BucketSums(request.buckets());
        if (parts.size() == 1) {
            total.addAll(sums(parts.get(0), request, new AtomicBoolean()));
            return total.digests();
        }
        int threads = Math.min(view.readers(), parts.size());
        ExecutorService executor = Executors.newFixedThreadPool(threads, PostgresTableReading::thread);
        AtomicBoolean isStopped = new AtomicBoolean();
        try {
            ExecutorCompletionService<BucketSums> running = new ExecutorCompletionService<>(executor);
            // A task per reader rather than per part, so that the memory for sums does not grow with the table.
            Queue<RelationPlan> waiting = new ConcurrentLinkedQueue<>(parts);
            for (int i = 0; i < threads; i++) {
                running.submit(() -> sums(waiting, request, isStopped));
            }
            for (int i = 0; i < threads; i++) {
                total.addAll(running.take().get());
            }
            return total.digests();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TidemarkException reason) {
                throw reason;
            }
            if (e.getCause() instanceof OutOfMemoryError error) {
                throw TidemarkException.outOfMemory("digest table " + schema.table(), error);
            }
            throw new IllegalStateException("Cannot digest table " + schema.table(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TidemarkException(
                    ErrorCode.TIMEOUT, "Cannot digest table " + schema.table() + ": it was interrupted", e);
        } finally {
            isStopped.set(true);
            executor.shutdown();
        }
    }

    @Override
    public void rows(DigestRequest request, Set<Integer> buckets, RowVisitor visitor) {
        for (RelationPlan part : parts(request)) {
            CanonicalRow row = row();
            read(part, request, line -> {
                row.read(line);
                if (buckets.contains(row.bucket(request.buckets()))) {
                    visitor.row(row.texts());
                }
                return true;
            });
        }
    }

    private BucketSums sums(Queue<RelationPlan> waiting, DigestRequest request, AtomicBoolean isStopped) {
        BucketSums sums = new BucketSums(request.buckets());
        for (RelationPlan part = waiting.poll(); part != null && !isStopped.get(); part = waiting.poll()) {
            sums.addAll(sums(part, request, isStopped));
        }
        return sums;
    }

    private BucketSums sums(RelationPlan part, DigestRequest request, AtomicBoolean isStopped) {
        BucketSums sums = new BucketSums(request.buckets());
        CanonicalRow row = row();
        read(part, request, line -> {
            row.read(line);
            int bucket = row.bucket(request.buckets());
            if (schema.hasKey()) {
                row.hashRow();
            }
            sums.add(bucket, row.high(), row.low());
            return !isStopped.get();
        });
        return sums;
    }

    private CanonicalRow row() {
        return new CanonicalRow(schema.columns().size(), schema.keyIndexes());
    }

    /** Ranges of keys are left to the database's indexes; everything else is read by ranges of blocks. */
    private List<RelationPlan> parts(DigestRequest request) {
        long bytes = KeyRange.isGiven(request) ? Long.MAX_VALUE : PART_BYTES;
        return guarded(connection -> {
            // Loading the layout locks the table and finds it missing or rewritten.
            RelationLayout.load(connection, schema.table(), table, types);
            // Rows that are equal but for a column that the mirror lacks are not equal.
            RelationLayout.requireWhole(connection, table);
            return RelationPlan.of(connection, schema.table(), bytes);
        });
    }

    private void read(RelationPlan part, DigestRequest request, CopyRows.Visitor visitor) {
        guarded(connection -> {
            RelationLayout layout = RelationLayout.load(connection, part.relation(), table, types);
            String condition = KeyRange.isGiven(request)
                    ? KeyRange.condition(connection, layout, request)
                    : part.range().condition();
            CopyRows.read(
                    connection,
                    "COPY (SELECT " + CanonicalSql.columns(layout) + " FROM " + layout.from() + " WHERE "
                            + layout.where(condition) + ") TO STDOUT",
                    visitor);
            return part;
        });
    }

    private <T> T guarded(ViewWork<T> work) {
        try {
            return view.read(work);
        } catch (SQLException e) {
            throw PostgresErrors.reading(
                    schema.table().quoted(), view.user(), schema.table().schema(), e);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "tidemark-verify");
        thread.setDaemon(true);
        return thread;
    }
}
