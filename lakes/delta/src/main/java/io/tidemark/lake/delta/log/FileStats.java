package io.tidemark.lake.delta.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.lake.delta.schema.DeltaDates;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.schema.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.api.Binary;

/**
 * Statistics of a data file as the log has them. A bound that readers could take for another value is left out: then nothing is known on that side.
 *
 * <p>Source: Delta transaction protocol, section "Per-file Statistics".
 */
public final class FileStats {
    private static final String ROWS = "numRecords";
    private static final String TIGHT = "tightBounds";
    private static final int TEXT_LENGTH_MAX = 32;
    private static final long MICROS_PER_MILLI = 1000;
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private FileStats() {}

    /**
     * Statistics of a file that was just written.
     *
     * @param described the columns to be described, none of them nested
     */
    public static String of(ParquetMetadata footer, long rows, List<ParquetColumn> described) {
        Map<String, ParquetColumn> columns = new HashMap<>();
        described.forEach(column -> columns.put(column.name(), column));
        Map<String, Statistics<?>> found = new HashMap<>();
        for (BlockMetaData block : footer.getBlocks()) {
            for (ColumnChunkMetaData chunk : block.getColumns()) {
                String[] path = chunk.getPath().toArray();
                if (path.length == 1 && columns.containsKey(path[0])) {
                    found.computeIfAbsent(path[0], name -> Statistics.createStats(chunk.getPrimitiveType()))
                            .mergeStatistics(chunk.getStatistics());
                }
            }
        }
        ObjectNode stats = JSON.createObjectNode().put(ROWS, rows).put(TIGHT, true);
        ObjectNode least = stats.putObject("minValues");
        ObjectNode greatest = stats.putObject("maxValues");
        ObjectNode nulls = stats.putObject("nullCount");
        for (ParquetColumn column : described) {
            Statistics<?> values = found.get(column.name());
            if (values != null) {
                nulls.put(column.name(), values.getNumNulls());
                if (values.hasNonNullValue()) {
                    put(least, column, values.genericGetMin(), false);
                    put(greatest, column, values.genericGetMax(), true);
                }
            }
        }
        return stats.toString();
    }

    /** Rows of a file by its statistics; -1 when they do not say. */
    static long rows(String stats) {
        return LogActions.parse(stats).path(ROWS).asLong(-1);
    }

    /** The same for a file of which rows are deleted: bounds are no longer values that are there. */
    static String loose(String stats) {
        try {
            JsonNode node = JSON.readTree(stats);
            return node instanceof ObjectNode object ? object.put(TIGHT, false).toString() : stats;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Cannot read the statistics of a file: they are no JSON", e);
        }
    }

    private static void put(ObjectNode bounds, ParquetColumn column, Object value, boolean isGreatest) {
        String name = column.name();
        ColumnType type = column.type();
        switch (type.kind()) {
            case INT32 -> bounds.put(name, (Integer) value);
            case INT64 -> bounds.put(name, (Long) value);
            case FLOAT32 -> {
                if (isNumber((Float) value)) {
                    bounds.put(name, (Float) value);
                }
            }
            case FLOAT64 -> {
                if (isNumber((Double) value)) {
                    bounds.put(name, (Double) value);
                }
            }
            case DECIMAL -> bounds.put(name, new BigDecimal(unscaled(value), type.scale()));
            case STRING -> putText(bounds, name, ((Binary) value).toStringUsingUTF8(), isGreatest);
            case DATE -> {
                LocalDate date = LocalDate.ofEpochDay((Integer) value);
                if (DeltaDates.isSafe(date)) {
                    bounds.put(name, date.toString());
                }
            }
            case TIMESTAMP -> putTime(bounds, name, (Long) value, isGreatest, "");
            case TIMESTAMP_TZ -> putTime(bounds, name, (Long) value, isGreatest, "Z");
            case BOOLEAN, BYTES, TIME, UUID, LIST, STRUCT, MAP -> {}
        }
    }

    /** JSON has no infinities, and readers differ on NaN and on which of the two zeros is less. */
    private static boolean isNumber(double value) {
        return Double.isFinite(value) && value != 0;
    }

    private static BigInteger unscaled(Object value) {
        return value instanceof Binary bytes
                ? new BigInteger(bytes.getBytes())
                : BigInteger.valueOf(((Number) value).longValue());
    }

    /** Milliseconds are all there is room for: the least value is rounded down, the greatest up. */
    private static void putTime(ObjectNode bounds, String name, long micros, boolean isGreatest, String zone) {
        long millis = Math.floorDiv(micros, MICROS_PER_MILLI);
        long rounded = isGreatest && millis * MICROS_PER_MILLI != micros ? millis + 1 : millis;
        LocalDateTime time = LocalDateTime.ofInstant(Instant.EPOCH.plus(rounded, ChronoUnit.MILLIS), ZoneOffset.UTC);
        if (DeltaDates.hasSafeTimes(time.toLocalDate())) {
            bounds.put(name, MILLIS.format(time) + zone);
        }
    }

    private static void putText(ObjectNode bounds, String name, String text, boolean isGreatest) {
        if (text.indexOf('\uFFFD') >= 0) {
            // It may stand for bytes that are no text, which come elsewhere in the order.
            return;
        }
        if (text.codePointCount(0, text.length()) <= TEXT_LENGTH_MAX) {
            bounds.put(name, text);
            return;
        }
        int end = text.offsetByCodePoints(0, TEXT_LENGTH_MAX);
        if (!isGreatest) {
            bounds.put(name, text.substring(0, end));
            return;
        }
        while (end > 0) {
            int last = text.codePointBefore(end);
            end -= Character.charCount(last);
            if (last < Character.MAX_CODE_POINT) {
                bounds.put(name, text.substring(0, end) + Character.toString(after(last)));
                return;
            }
        }
    }

    /** The next code point that is a character of its own. */
    private static int after(int codePoint) {
        return codePoint + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : codePoint + 1;
    }
}
