package io.tidemark.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.output.Capture;
import io.tidemark.cli.output.ResultFormat;
import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.EventInterval;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFileOutput;
import io.tidemark.spi.slice.SliceLog;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import io.tidemark.spi.verify.CanonicalText;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlicePreviewTest {
    private static final RowSchema SCHEMA = new RowSchema(
            new TableId("public", "t"),
            List.of(
                    column("flag", ColumnType.BOOLEAN),
                    column("i", ColumnType.INT32),
                    column("l", ColumnType.INT64),
                    column("f", ColumnType.FLOAT32),
                    column("d", ColumnType.FLOAT64),
                    column("small", ColumnType.decimal(12, 2)),
                    column("big", ColumnType.decimal(38, 2)),
                    column("s", ColumnType.STRING),
                    column("b", ColumnType.BYTES),
                    column("u", ColumnType.UUID),
                    column("day", ColumnType.DATE),
                    column("time", ColumnType.TIME),
                    column("ts", ColumnType.TIMESTAMP),
                    column("tz", ColumnType.TIMESTAMP_TZ),
                    column("lines", ColumnType.parse("list<struct<\"n\":decimal(5,2),\"days\":list<date>>>")),
                    column("attrs", ColumnType.parse("map<string,decimal(5,2)>"))),
            List.of("l"),
            BeforeImage.KEY);

    @Test
    void showsEveryTypeExactly() {
        ChangeBatch batch = new ChangeBatch(SCHEMA, 2);
        batch.beginRow(Operation.INSERT, 0x1_0000_002AL, 0, 77, 1_500_000);
        ((BooleanVector) batch.column(0)).append(true);
        ((IntVector) batch.column(1)).append(Integer.MIN_VALUE);
        ((LongVector) batch.column(2)).append(Long.MAX_VALUE);
        ((FloatVector) batch.column(3)).append(0.1f);
        ((DoubleVector) batch.column(4)).append(Double.POSITIVE_INFINITY);
        ((LongVector) batch.column(5)).append(-105);
        ((BytesVector) batch.column(6))
                .append(sixteenBytes(BigInteger.TEN.pow(37).negate()));
        ((BytesVector) batch.column(7)).append("ü,\"");
        ((BytesVector) batch.column(8)).append(new byte[] {0, 1});
        ((BytesVector) batch.column(9)).append(sixteenBytes(BigInteger.valueOf(255)));
        ((IntVector) batch.column(10)).append(-1);
        ((LongVector) batch.column(11)).append(86_399_999_999L);
        ((LongVector) batch.column(12)).append(-1);
        ((LongVector) batch.column(13)).append(1_000_001);
        CanonicalText.append(batch.column(14), "12:4:1.504:1:1-" + "-" + "2:--");
        CanonicalText.append(batch.column(15), "6:3:a,\"-" + "10:2:ü4:1.50");

        assertThat(preview(batch, 10))
                .isEqualTo(
                        "_tidemark_op,_tidemark_commit_time,_tidemark_position,_tidemark_transaction,"
                                + "flag,i,l,f,d,small,big,s,b,u,day,time,ts,tz,lines,attrs,_tidemark_unchanged\r\n"
                                + "insert,1970-01-01T00:00:01.5Z,1/2A,77,true,-2147483648,9223372036854775807,0.1,Infinity,-1.05,"
                                + "-100000000000000000000000000000000000.00,\"ü,\"\"\",\\x0001,"
                                + "00000000-0000-0000-0000-0000000000ff,1969-12-31,23:59:59.999999,1969-12-31T23:59:59.999999,"
                                + "1970-01-01T00:00:01.000001Z,"
                                + "\"[{\"\"n\"\":\"\"1.50\"\",\"\"days\"\":[\"\"1970-01-02\"\",null]},null,{\"\"n\"\":null,\"\"days\"\":null}]\",\"{\"\"a,\\\"\"\"\":null,\"\"ü\"\":\"\"1.50\"\"}\",\r\n");
    }

    @Test
    void tellsUnchangedFromNullAndStopsAtTheLimit() {
        ChangeBatch batch = new ChangeBatch(SCHEMA, 4);
        for (int row = 0; row < 4; row++) {
            batch.beginRow(Operation.UPDATE, row, 0, row, 0);
            batch.columns().get(0).appendUnchanged();
            batch.columns().get(1).appendNull();
            for (int i = 2; i < SCHEMA.columns().size(); i++) {
                batch.columns().get(i).appendUnchanged();
            }
        }

        List<String> lines = preview(batch, 2).lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1))
                .startsWith("update,1970-01-01T00:00:00Z,0/0,0,,,")
                .endsWith(",\"flag, l, f, d, small, big, s, b, u, day, time, ts, tz, lines, attrs\"");
    }

    private static String preview(ChangeBatch batch, int limit) {
        Capture capture = Capture.piped();
        SliceFile file = new SliceFile("p", SCHEMA, batch.size(), 0, 0, 0, 0, 0, "", Position.ZERO, Position.ZERO, 0);
        SlicePreview.write(new OneBatch(batch), file, limit, ResultFormat.CSV.writer(capture.asTerminal()));
        return capture.out();
    }

    private static Column column(String name, ColumnType type) {
        return new Column(name, type, true, type.toString());
    }

    private static byte[] sixteenBytes(BigInteger value) {
        byte[] bytes = new byte[16];
        byte[] shortest = value.toByteArray();
        java.util.Arrays.fill(bytes, (byte) (value.signum() < 0 ? -1 : 0));
        System.arraycopy(shortest, 0, bytes, 16 - shortest.length, shortest.length);
        return bytes;
    }

    /** A log whose files all hold one batch. */
    private record OneBatch(ChangeBatch batch) implements SliceLog {
        @Override
        public void read(SliceFile file, Consumer<ChangeBatch> consumer) {
            consumer.accept(batch);
        }

        @Override
        public Optional<SliceManifest> newest() {
            return Optional.empty();
        }

        @Override
        public List<SliceManifest> after(long sequence, int limit) {
            return List.of();
        }

        @Override
        public Optional<SliceManifest> find(long sequence) {
            return Optional.empty();
        }

        @Override
        public SliceWriter open(@Nullable EventInterval interval) {
            throw new AssertionError("previews do not write");
        }

        @Override
        public SliceFileOutput output(String path, RowSchema schema) {
            throw new AssertionError("previews do not write");
        }

        @Override
        public String location(SliceFile file) {
            return file.path();
        }

        @Override
        public long prune(long throughSequence) {
            return 0;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
