package io.tidemark.source.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.TypeChoices;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PgOutputDecoderTest {
    private static final int T = 16_400;
    private static final long LSN = 0x16_B374_D848L;

    private final RecordingSink sink = new RecordingSink();
    private SpilledTransactions spilled;
    private PgOutputDecoder decoder;

    @BeforeEach
    void makeDecoder(@TempDir Path folder) {
        spilled = new SpilledTransactions(folder);
        decoder = decoder();
    }

    @AfterEach
    void closeFiles() {
        spilled.close();
    }

    private PgOutputDecoder decoder() {
        return new PgOutputDecoder(
                new Relations(List.of(), TypeChoices.NONE, () -> TypeCatalog.EMPTY, NoCatalog.INSTANCE), spilled);
    }

    private void decode(byte[]... messages) {
        for (byte[] message : messages) {
            decoder.decode(message, 0, message.length, LSN, sink);
        }
    }

    @Test
    void decodesATransaction() {
        decode(
                MessageWriter.begin(100, -1),
                MessageWriter.of('O').int64(7).string("origin").bytes(),
                MessageWriter.of('Y')
                        .int32(70_000)
                        .string("public")
                        .string("mood")
                        .bytes(),
                MessageWriter.relation(T),
                MessageWriter.insert(T, 1, "a"),
                MessageWriter.update(T, 1, 2, ""),
                MessageWriter.delete(T, 2),
                MessageWriter.truncate(T, T),
                MessageWriter.marker("m"));
        assertThat(decoder.isInTransaction()).isTrue();
        decode(MessageWriter.commit(100, 120));
        assertThat(decoder.isInTransaction()).isFalse();
        assertThat(sink.lines)
                .containsExactly(
                        "I public.t(id=1, note='a')",
                        "B public.t(id=1, note=null)",
                        "U public.t(id=2, note='')",
                        "D public.t(id=2, note=null)",
                        "T public.t(id=null, note=null)",
                        "T public.t(id=null, note=null)",
                        "marker m",
                        "commit");
        assertThat(sink.rows).allMatch(row -> row.transaction() == 0xFFFFFFFFL && row.position() == 100);
        assertThat(sink.rows).allMatch(row -> row.commitMicros() == 946_684_800_000_000L);
        assertThat(sink.commits.get(0).resumeToken()).isEqualTo("0/78");
        assertThat(decoder.deliveredEnd()).isEqualTo(120);
        assertThat(decoder.events()).isEqualTo(7);
    }

    @Test
    void ignoresBytesAroundTheMessage() {
        byte[] message = MessageWriter.begin(100, 1);
        byte[] padded = new byte[message.length + 20];
        Arrays.fill(padded, (byte) 0x55);
        System.arraycopy(message, 0, padded, 10, message.length);
        decoder.decode(padded, 10, message.length, LSN, sink);
        assertThat(decoder.isInTransaction()).isTrue();
    }

    @Test
    void keepsTheSchemaOfAnIdenticalDescription() {
        decode(
                MessageWriter.begin(100, 1),
                MessageWriter.relation(T),
                MessageWriter.insert(T, 1, "a"),
                MessageWriter.relation(T),
                MessageWriter.insert(T, 2, "b"));
        RowSchema schema = sink.schemas.get(0);
        assertThat(sink.schemas).allSatisfy(each -> assertThat(each).isSameAs(schema));
        assertThat(schema.beforeImage()).isEqualTo(BeforeImage.KEY);
    }

    @Test
    void replaysATransactionInProgressWithoutWhatRolledBack() {
        decode(
                MessageWriter.of('S').int32(9).int8(1).bytes(),
                MessageWriter.streamedRelation(9, T),
                MessageWriter.streamedInsert(9, T, 1, "kept"),
                MessageWriter.streamedInsert(10, T, 2, "lost"),
                MessageWriter.of('E').bytes(),
                MessageWriter.of('A').int32(9).int32(10).bytes(),
                MessageWriter.begin(50, 8),
                MessageWriter.commit(50, 60),
                MessageWriter.of('S').int32(9).int8(0).bytes(),
                MessageWriter.streamedInsert(11, T, 3, "kept"),
                MessageWriter.of('E').bytes());
        assertThat(sink.rows).isEmpty();
        decode(MessageWriter.of('c')
                .int32(9)
                .int8(0)
                .int64(100)
                .int64(110)
                .int64(5)
                .bytes());
        assertThat(sink.lines)
                .containsExactly("commit", "I public.t(id=1, note='kept')", "I public.t(id=3, note='kept')", "commit");
        assertThat(sink.rows).allMatch(row -> row.transaction() == 9 && row.position() == 100);
    }

    static Stream<List<byte[]>> disorder() {
        byte[] begin = MessageWriter.begin(100, 1);
        byte[] relation = MessageWriter.relation(T);
        return Stream.of(
                List.of(MessageWriter.insert(T, 1, "a")),
                List.of(begin, begin),
                List.of(MessageWriter.commit(100, 120)),
                List.of(begin, MessageWriter.commit(101, 120)),
                List.of(begin, MessageWriter.commit(100, 100)),
                List.of(begin, MessageWriter.commit(100, 120), begin, MessageWriter.commit(100, 120)),
                List.of(begin, MessageWriter.insert(T, 1, "a")),
                List.of(begin, relation, MessageWriter.insert(T + 1, 1, "a")),
                List.of(begin, MessageWriter.of('S').int32(9).int8(1).bytes()),
                List.of(MessageWriter.of('E').bytes()),
                List.of(MessageWriter.of('c')
                        .int32(9)
                        .int8(0)
                        .int64(100)
                        .int64(110)
                        .int64(5)
                        .bytes()),
                List.of(MessageWriter.of('S').int32(9).int8(1).bytes(), begin),
                List.of(
                        begin,
                        relation,
                        MessageWriter.of('I')
                                .int32(T)
                                .int8('N')
                                .int16(1)
                                .int8('n')
                                .bytes()),
                List.of(
                        begin,
                        relation,
                        MessageWriter.of('I')
                                .int32(T)
                                .int8('N')
                                .int16(2)
                                .int8('n')
                                .int8('u')
                                .bytes()),
                List.of(
                        begin,
                        relation,
                        MessageWriter.of('I')
                                .int32(T)
                                .int8('N')
                                .int16(2)
                                .int8('b')
                                .int32(3)
                                .raw(new byte[3])
                                .int8('n')
                                .bytes()),
                List.of(
                        begin,
                        relation,
                        MessageWriter.of('D').int32(T).int8('N').row(1, null).bytes()),
                List.of(
                        begin,
                        relation,
                        MessageWriter.of('U')
                                .int32(T)
                                .int8('K')
                                .row(1, null)
                                .int8('K')
                                .row(1, null)
                                .bytes()),
                List.of(
                        begin,
                        relation,
                        MessageWriter.of('T')
                                .int32(Integer.MAX_VALUE)
                                .int8(0)
                                .int32(T)
                                .bytes()),
                List.of(
                        begin,
                        MessageWriter.of('M')
                                .int8(1)
                                .int64(1)
                                .string("tidemark")
                                .int32(Integer.MAX_VALUE)
                                .bytes()),
                List.of(
                        begin,
                        MessageWriter.of('R')
                                .int32(T)
                                .string("public")
                                .string("")
                                .int8('d')
                                .int16(0)
                                .bytes()),
                List.of(
                        begin,
                        MessageWriter.of('R')
                                .int32(T)
                                .string("public")
                                .string("t")
                                .int8('d')
                                .int16(-1)
                                .bytes()),
                List.of(
                        begin,
                        MessageWriter.of('R')
                                .int32(T)
                                .string("public")
                                .string("t")
                                .int8('d')
                                .int16(2)
                                .int8(0)
                                .string("a")
                                .int32(23)
                                .int32(-1)
                                .int8(0)
                                .string("a")
                                .int32(23)
                                .int32(-1)
                                .bytes()));
    }

    @ParameterizedTest
    @MethodSource("disorder")
    void refusesWhatNoServerSends(List<byte[]> messages) {
        assertThatThrownBy(() -> decode(messages.toArray(byte[][]::new)))
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_PROTOCOL);
                    assertThat(e.reason())
                            .startsWith("Cannot decode change message: ")
                            .contains("lsn=16/B374D848, type=");
                });
    }

    @ParameterizedTest
    @ValueSource(chars = {'b', 'P', 'K', 'r', 'p', '?', 0})
    void refusesTypesThatWereNotAskedFor(char type) {
        assertThatThrownBy(() -> decode(MessageWriter.of(type).int64(1).bytes()))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_PROTOCOL));
    }

    @Test
    void endsEveryDamagedMessageWithAProtocolError() {
        byte[][] script = {
            MessageWriter.begin(100, 1),
            MessageWriter.relation(T),
            MessageWriter.insert(T, 1, "abc"),
            MessageWriter.update(T, 1, 2, "def"),
            MessageWriter.delete(T, 2),
            MessageWriter.truncate(T),
            MessageWriter.marker("mark"),
            MessageWriter.commit(100, 120),
            MessageWriter.of('S').int32(9).int8(1).bytes(),
            MessageWriter.streamedRelation(9, T),
            MessageWriter.streamedInsert(9, T, 1, "kept"),
            MessageWriter.of('E').bytes(),
            MessageWriter.of('A').int32(9).int32(10).bytes(),
            MessageWriter.of('c')
                    .int32(9)
                    .int8(0)
                    .int64(200)
                    .int64(210)
                    .int64(5)
                    .bytes(),
        };
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            spilled.close();
            decoder = decoder();
            int damaged = random.nextInt(script.length);
            try {
                for (int i = 0; i < script.length; i++) {
                    decode(i == damaged ? damage(script[i], random) : script[i]);
                }
            } catch (TidemarkException e) {
                assertThat(e.code()).as("seed %d round %d", seed, round).isEqualTo(ErrorCode.SOURCE_PROTOCOL);
            } catch (RuntimeException e) {
                throw new AssertionError("Seed " + seed + " round " + round + " damaged message " + damaged, e);
            }
            sink.lines.clear();
            sink.rows.clear();
            sink.schemas.clear();
        }
    }

    private static byte[] damage(byte[] message, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(message, random.nextInt(message.length + 1));
            case 1 -> Arrays.copyOf(message, message.length + 1 + random.nextInt(8));
            case 2 -> {
                byte[] changed = message.clone();
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
                yield changed;
            }
            default -> {
                byte[] changed = message.clone();
                for (int i = random.nextInt(changed.length); i < changed.length; i++) {
                    changed[i] = (byte) random.nextInt();
                }
                yield changed;
            }
        };
    }
}
