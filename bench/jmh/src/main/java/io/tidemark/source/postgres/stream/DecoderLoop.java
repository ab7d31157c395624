package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.catalog.TableHistory;
import io.tidemark.source.postgres.type.PgType;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.ChangeSink;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.spi.source.UndecodableRow;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Messages of transactions of ten inserts into the bank table, decoded into columns. */
@State(Scope.Thread)
public class DecoderLoop {
    private static final int CHANGES = 10_000;
    private static final int TRANSACTION = 10;
    private static final int OID = 16_400;
    private static final int BATCH_ROWS = 8_192;

    private final byte[][] messages = new byte[CHANGES / TRANSACTION * (TRANSACTION + 2)][];
    private final Sink sink = new Sink();
    private SpilledTransactions spilled;
    private PgOutputDecoder decoder;
    private long position = 1_000;

    @Setup
    public void make() throws IOException {
        spilled = new SpilledTransactions(Files.createTempDirectory("decoder"));
        decoder = new PgOutputDecoder(
                new Relations(List.of(), TypeChoices.NONE, () -> TypeCatalog.EMPTY, new NoCatalog()), spilled);
        int at = 0;
        for (int transaction = 0; transaction < CHANGES / TRANSACTION; transaction++) {
            messages[at++] = new byte[0];
            for (int change = 0; change < TRANSACTION; change++) {
                messages[at++] = insert(transaction * TRANSACTION + change);
            }
            messages[at++] = new byte[0];
        }
        byte[] relation = relation();
        decoder.decode(relation, 0, relation.length, position, sink);
    }

    @Benchmark
    @OperationsPerInvocation(CHANGES)
    public long changes() throws IOException {
        int at = 0;
        while (at < messages.length) {
            position += 100;
            byte[] begin = begin(position);
            decoder.decode(begin, 0, begin.length, position, sink);
            at++;
            for (int change = 0; change < TRANSACTION; change++, at++) {
                decoder.decode(messages[at], 0, messages[at].length, position, sink);
            }
            byte[] commit = commit(position);
            decoder.decode(commit, 0, commit.length, position, sink);
            at++;
        }
        return decoder.events();
    }

    @TearDown
    public void close() {
        spilled.close();
    }

    private static byte[] begin(long position) throws IOException {
        return message(out -> {
            out.writeByte('B');
            out.writeLong(position);
            out.writeLong(0);
            out.writeInt(7);
        });
    }

    private static byte[] commit(long position) throws IOException {
        return message(out -> {
            out.writeByte('C');
            out.writeByte(0);
            out.writeLong(position);
            out.writeLong(position + 50);
            out.writeLong(0);
        });
    }

    private static byte[] relation() throws IOException {
        return message(out -> {
            out.writeByte('R');
            out.writeInt(OID);
            text(out, "public");
            text(out, "bank");
            out.writeByte('d');
            out.writeShort(6);
            column(out, 1, "id", 20, -1);
            column(out, 0, "account", 23, -1);
            column(out, 0, "created_at", 1184, -1);
            column(out, 0, "amount", 1700, (12 << 16 | 2) + 4);
            column(out, 0, "is_credit", 16, -1);
            column(out, 0, "entity", 25, -1);
        });
    }

    private static void column(DataOutputStream out, int flags, String name, int type, int modifier)
            throws IOException {
        out.writeByte(flags);
        text(out, name);
        out.writeInt(type);
        out.writeInt(modifier);
    }

    private static byte[] insert(int id) throws IOException {
        byte[] entity = ("entity " + id % 10_000).getBytes(StandardCharsets.UTF_8);
        return message(out -> {
            out.writeByte('I');
            out.writeInt(OID);
            out.writeByte('N');
            out.writeShort(6);
            value(out, 8).writeLong(id);
            value(out, 4).writeInt(id);
            value(out, 8).writeLong(id * 259_000L);
            // 12345.67 in digits to the base of 10,000.
            DataOutputStream amount = value(out, 14);
            for (int part : new int[] {3, 1, 0, 2, 1, 2345, 6700}) {
                amount.writeShort(part);
            }
            value(out, 1).writeByte(id & 1);
            value(out, entity.length).write(entity);
        });
    }

    private static DataOutputStream value(DataOutputStream out, int length) throws IOException {
        out.writeByte('b');
        out.writeInt(length);
        return out;
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.writeByte(0);
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] message(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writing.to(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static final class Sink implements ChangeSink {
        private ChangeBatch batch;

        @Override
        public ChangeBatch batch(RowSchema schema) {
            if (batch == null) {
                batch = new ChangeBatch(schema, BATCH_ROWS);
            } else if (batch.size() >= BATCH_ROWS) {
                batch.clear();
            }
            return batch;
        }

        @Override
        public void commit(Position position, long commitMicros, String resumeToken) {
            // Nothing is kept.
        }

        @Override
        public void marker(String content) {
            throw new IllegalStateException("no marker was sent");
        }

        @Override
        public void undecodable(UndecodableRow row) {
            throw new IllegalStateException(row.reason());
        }
    }

    private static final class NoCatalog implements Relations.CatalogLookup {
        @Override
        public TableHistory history(int oid) {
            return TableHistory.UNKNOWN;
        }

        @Override
        public Map<Integer, Integer> greatestNumbers() {
            return Map.of();
        }

        @Override
        public Optional<String> initialValue(int oid, int number, PgType type) {
            return Optional.empty();
        }
    }
}
