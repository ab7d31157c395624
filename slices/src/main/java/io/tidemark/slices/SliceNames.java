package io.tidemark.slices;

import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.EventInterval;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of slices, folders and files: readable by people, sorted by time, and made of characters that every storage and engine takes. */
final class SliceNames {
    static final String MANIFEST = "manifest.json";

    private static final DateTimeFormatter MILLIS = formatter("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");
    private static final DateTimeFormatter MILLIS_WITHOUT_COLONS = formatter("yyyy-MM-dd'T'HH.mm.ss.SSS'Z'");
    private static final DateTimeFormatter DAY = formatter("yyyy-MM-dd");
    private static final DateTimeFormatter MINUTE = formatter("yyyy-MM-dd-HH-mm");
    private static final DateTimeFormatter SECOND = formatter("yyyy-MM-dd-HH-mm-ss");
    private static final DateTimeFormatter MILLISECOND = formatter("yyyy-MM-dd-HH-mm-ss-SSS");
    private static final Pattern FOLDER = Pattern.compile("([0-9]{12})_(\\d{4}-\\d{2}-\\d{2})T[^/]+");
    private static final Pattern INTERVAL = Pattern.compile("\\d{4}(-\\d{2}){4}(-\\d{2}(-\\d{3})?)?");
    private static final int PART_CHARACTERS_MAX = 100;

    private SliceNames() {}

    /** {@code 2026-11-20T08:31:00.000Z-to-2026-11-20T08:31:10.000Z}. */
    static String slice(Instant start, Instant end) {
        return MILLIS.format(start) + "-to-" + MILLIS.format(end);
    }

    /** Folder of all slices of a pipeline, with a slash at the end. */
    static String pipelineFolder(String pipeline) {
        return "slices/" + escape(pipeline) + "/";
    }

    /** What the folders of every attempt at this slice start with, and what tells of those that lie elsewhere. */
    static String attemptsPrefix(String pipeline, long sequence, Instant start) {
        return pipelineFolder(pipeline) + DAY.format(start) + "/" + String.format("%012d_", sequence);
    }

    /** The same, of the slice whose manifest lies here. */
    static String attemptsPrefix(String pipeline, String manifestPath) {
        String[] parts = manifestPath.split("/");
        Matcher matcher = FOLDER.matcher(parts[parts.length - 2]);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not the path of a manifest: " + manifestPath);
        }
        return pipelineFolder(pipeline) + matcher.group(2) + "/" + matcher.group(1) + "_";
    }

    /**
     * Folder of one attempt at a slice, with a slash at the end: in the folder of its day.
     *
     * @param attempt tells apart writers that race for the same slice, or a writer from one that crashed
     */
    static String folder(String pipeline, long sequence, Instant start, String attempt) {
        return attemptsPrefix(pipeline, sequence, start) + MILLIS_WITHOUT_COLONS.format(start) + "_" + attempt + "/";
    }

    /** Folder of the slices of an interval: {@code 2026-11-20-08-30}, with seconds when the interval is not of whole minutes. */
    static String interval(EventInterval interval) {
        long millis = Duration.between(interval.start(), interval.end()).toMillis();
        DateTimeFormatter unit = millis % 60_000 == 0 ? MINUTE : millis % 1_000 == 0 ? SECOND : MILLISECOND;
        return unit.format(interval.start());
    }

    /**
     * The empty object that tells that an attempt lies in the folder of an interval: it is named like that, in the folder where the attempt would lie
     * otherwise, so that all attempts at a slice are found in one place.
     */
    static String pointer(String folder, String interval) {
        return folder + interval;
    }

    /** The folder of the attempt that an object tells of by {@link #pointer}, if it does. */
    static Optional<String> pointedTo(String pipeline, String path) {
        String folder = folderOf(path);
        String name = path.substring(folder.length());
        return INTERVAL.matcher(name).matches() ? Optional.of(in(pipeline, name, folder)) : Optional.empty();
    }

    /** Where an attempt lies that is in the folder of an interval and not in that of its day. */
    static String in(String pipeline, String interval, String folder) {
        int attempt = folder.lastIndexOf('/', folder.length() - 2) + 1;
        return pipelineFolder(pipeline) + interval + "/" + folder.substring(attempt);
    }

    /** The folder that holds this object, with a slash at the end. */
    static String folderOf(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    /** The sequence in the name of the folder that holds this manifest, if it lies in a slice folder. */
    static OptionalLong sequenceOf(String manifestPath) {
        String[] parts = manifestPath.split("/");
        if (parts.length < 2 || !parts[parts.length - 1].equals(MANIFEST)) {
            return OptionalLong.empty();
        }
        Matcher matcher = FOLDER.matcher(parts[parts.length - 2]);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    /** File name of a table without number and ending; two tables may share it. */
    static String file(TableId table) {
        return shorten(escape(table.schema())) + "." + shorten(escape(table.name()));
    }

    /** What two file names that a storage may confuse (one that ignores case) have in common. */
    static String caseless(String fileName) {
        return fileName.toLowerCase(Locale.ROOT);
    }

    /** Letters, digits and underscores stay; every other UTF-8 byte becomes a dash and two hexadecimal digits. */
    static String escape(String name) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '_';
            if (plain) {
                escaped.append((char) b);
            } else {
                escaped.append(String.format("-%02X", b & 0xFF));
            }
        }
        return escaped.toString();
    }

    private static String shorten(String escaped) {
        return escaped.length() <= PART_CHARACTERS_MAX ? escaped : escaped.substring(0, PART_CHARACTERS_MAX);
    }

    private static DateTimeFormatter formatter(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }
}
