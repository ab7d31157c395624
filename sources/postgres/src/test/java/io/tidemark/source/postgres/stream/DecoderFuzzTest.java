package io.tidemark.source.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import io.tidemark.spi.source.RowFilter.Operator;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.source.TypeChoices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged streams: whatever bytes come, the decoder takes them or says so with a typed error, and nothing else ever gets out. */
class DecoderFuzzTest {
    private static final int STREAMS = 20_000;
    private static final int OID = 16_400;

    /** The table of the messages without its text, of which the rows are taken that have a long one. */
    private static final SourceTable PART = new SourceTable(
                    new RowSchema(
                            new TableId("public", "t"),
                            List.of(
                                    new Column("id", ColumnType.INT32, false, "integer", 1),
                                    new Column("note", ColumnType.STRING, true, "text", 2)),
                            List.of("id"),
                            BeforeImage.KEY,
                            Integer.toString(OID)),
                    -1,
                    -1,
                    List.of())
            .within(new TableScope(
                    List.of("note"),
                    Set.of(),
                    new RowFilter(List.of(new ColumnCondition(
                            "note", List.of(new Comparison(Operator.GREATER_OR_EQUAL, List.of("a"))))))));

    @TempDir
    Path folder;

    @Test
    void damagedMessagesAreTypedErrors() {
        int refused = 0;
        for (long seed = 0; seed < STREAMS; seed++) {
            Random random = new Random(seed);
            List<byte[]> stream = stream(random);
            int damages = 1 + random.nextInt(3);
            for (int i = 0; i < damages; i++) {
                damage(stream, random);
            }
            refused += decode(stream, seed) ? 0 : 1;
        }
        assertThat(refused).as("damage that was noticed").isGreaterThan(STREAMS / 3);
    }

    @Test
    void randomBytesAreTypedErrors() {
        for (long seed = 0; seed < STREAMS; seed++) {
            Random random = new Random(seed);
            List<byte[]> stream = new ArrayList<>(stream(random).subList(0, 2));
            for (int i = random.nextInt(4); i >= 0; i--) {
                byte[] message = new byte[random.nextInt(80)];
                random.nextBytes(message);
                if (message.length > 0) {
                    message[0] = (byte) "BCOYRIUDTMSEcAbPKrp".charAt(random.nextInt(19));
                }
                stream.add(message);
            }
            decode(stream, seed);
        }
    }

    /** A transaction, or one that is streamed in two blocks. */
    private static List<byte[]> stream(Random random) {
        List<byte[]> stream = new ArrayList<>();
        if (random.nextBoolean()) {
            stream.add(MessageWriter.begin(100, 7));
            stream.add(MessageWriter.relation(OID));
            stream.add(MessageWriter.insert(OID, 1, "a"));
            stream.add(MessageWriter.update(OID, 1, 2, "b"));
            stream.add(MessageWriter.delete(OID, 2));
            stream.add(MessageWriter.truncate(OID, OID));
            stream.add(MessageWriter.marker("seal"));
            stream.add(MessageWriter.commit(100, 120));
        } else {
            stream.add(MessageWriter.of('S').int32(7).int8(1).bytes());
            stream.add(MessageWriter.streamedRelation(7, OID));
            stream.add(MessageWriter.streamedInsert(7, OID, 1, "a"));
            stream.add(MessageWriter.of('E').bytes());
            stream.add(MessageWriter.of('S').int32(7).int8(0).bytes());
            stream.add(MessageWriter.streamedInsert(8, OID, 2, "b"));
            stream.add(MessageWriter.of('E').bytes());
            stream.add(MessageWriter.of('A').int32(7).int32(8).bytes());
            stream.add(MessageWriter.of('c')
                    .int32(7)
                    .int8(0)
                    .int64(100)
                    .int64(120)
                    .int64(0)
                    .bytes());
        }
        return stream;
    }

    private static void damage(List<byte[]> stream, Random random) {
        int at = random.nextInt(stream.size());
        byte[] message = stream.get(at).clone();
        switch (random.nextInt(6)) {
            case 0 -> stream.remove(at);
            case 1 -> stream.add(random.nextInt(stream.size()), message);
            case 2 -> stream.set(at, java.util.Arrays.copyOf(message, random.nextInt(message.length + 1)));
            case 3 -> stream.set(at, java.util.Arrays.copyOf(message, message.length + 1 + random.nextInt(9)));
            case 4 -> {
                if (message.length > 0) {
                    message[random.nextInt(message.length)] = (byte) random.nextInt(256);
                }
                stream.set(at, message);
            }
            default -> {
                // Lengths and counts are where a decoder trusts most.
                for (int i = 0; i < 4 && message.length > 4; i++) {
                    message[1 + random.nextInt(message.length - 1)] = (byte) (random.nextBoolean() ? 0xFF : 0x7F);
                }
                stream.set(at, message);
            }
        }
        if (stream.isEmpty()) {
            stream.add(new byte[0]);
        }
    }

    /** Returns whether the stream was taken. */
    private boolean decode(List<byte[]> stream, long seed) {
        try (SpilledTransactions spilled = new SpilledTransactions(folder)) {
            PgOutputDecoder decoder = new PgOutputDecoder(
                    new Relations(
                            seed % 2 == 0 ? List.of() : List.of(PART),
                            TypeChoices.NONE,
                            () -> TypeCatalog.EMPTY,
                            NoCatalog.INSTANCE),
                    spilled);
            RecordingSink sink = new RecordingSink();
            for (byte[] message : stream) {
                decoder.decode(message, 0, message.length, 1, sink);
            }
            return sink.rejections.isEmpty();
        } catch (TidemarkException e) {
            assertThat(e.code()).as("seed %d: %s", seed, e.reason()).isEqualTo(ErrorCode.SOURCE_PROTOCOL);
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + " got " + e, e);
        }
    }
}
