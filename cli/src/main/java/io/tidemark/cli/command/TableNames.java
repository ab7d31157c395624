package io.tidemark.cli.command;

import io.tidemark.engine.config.TablePattern;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the tables that a user names: {@code schema.table}, a pattern with {@code *} and {@code ?}, or the bare name of a table where only one
 * schema has it.
 */
public final class TableNames {
    private TableNames() {}

    /**
     * The tables of these names, in the order of the names.
     *
     * @throws TidemarkException {@code UNKNOWN_TABLE} when a name matches none; {@code INVALID_ARGUMENT} when it is ill-formed or ambiguous
     */
    public static List<TableId> resolve(List<String> names, List<TableId> known) {
        Set<TableId> found = new LinkedHashSet<>();
        names.forEach(name -> found.addAll(resolve(name, known)));
        return List.copyOf(found);
    }

    /** The one table of this name. */
    public static TableId resolveOne(String name, List<TableId> known) {
        List<TableId> found = resolve(name, known);
        if (found.size() > 1) {
            throw ambiguous(name, found);
        }
        return found.get(0);
    }

    private static List<TableId> resolve(String name, List<TableId> known) {
        List<TableId> bare =
                known.stream().filter(table -> table.name().equals(name)).toList();
        if (bare.size() > 1) {
            throw ambiguous(name, bare);
        }
        if (bare.size() == 1) {
            return bare;
        }
        TablePattern pattern = pattern(name, known);
        List<TableId> matching = known.stream().filter(pattern::matches).toList();
        if (matching.isEmpty()) {
            throw unknown(name, known);
        }
        return matching;
    }

    private static TablePattern pattern(String name, List<TableId> known) {
        if (name.indexOf('.') < 0) {
            throw unknown(name, known);
        }
        try {
            return TablePattern.of(name);
        } catch (IllegalArgumentException e) {
            throw new TidemarkException(ErrorCode.INVALID_ARGUMENT, "Cannot read a table name: " + e.getMessage(), e);
        }
    }

    private static TidemarkException unknown(String name, List<TableId> known) {
        return new TidemarkException(
                ErrorCode.UNKNOWN_TABLE, "Cannot find table " + name + ": there is none (known=" + some(known) + ")");
    }

    private static TidemarkException ambiguous(String name, List<TableId> found) {
        return new TidemarkException(
                ErrorCode.INVALID_ARGUMENT,
                "Cannot tell which table " + name + " is (candidates=" + some(found) + ")",
                "Write schema.table.",
                null);
    }

    private static String some(List<TableId> tables) {
        String names = tables.stream().limit(10).map(TableId::toString).collect(Collectors.joining(", "));
        return tables.size() > 10 ? names + ", ..." : tables.isEmpty() ? "none" : names;
    }
}
