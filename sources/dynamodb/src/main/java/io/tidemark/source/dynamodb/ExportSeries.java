package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.export.Export;
import io.tidemark.source.dynamodb.export.ExportSummary;
import java.time.Instant;
import java.util.List;

/**
 * A full export and the incremental ones that follow it, which together hold a table as of the end of the last one.
 *
 * @param locations where they are, in their order
 * @param exports what is there
 */
record ExportSeries(List<String> locations, List<Export> exports) {
    /** Between the locations of a series in the configuration. */
    static final String THEN = " + ";

    ExportSeries {
        locations = List.copyOf(locations);
        exports = List.copyOf(exports);
    }

    /** For people. */
    String location() {
        return String.join(THEN, locations);
    }

    List<ExportSummary> summaries() {
        return exports.stream().map(Export::summary).toList();
    }

    /** The time whose state the table has. */
    Instant asOf() {
        return exports.get(exports.size() - 1).summary().exportTime();
    }

    /** How many changes the incremental ones have, by their manifests. */
    long changes() {
        return summaries().stream().skip(1).mapToLong(ExportSummary::itemCount).sum();
    }

    /** ARNs in order. */
    List<String> arns() {
        return summaries().stream().map(ExportSummary::exportArn).toList();
    }
}
