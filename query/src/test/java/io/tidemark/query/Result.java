package io.tidemark.query;

import io.tidemark.spi.query.QueryCatalog;
import io.tidemark.spi.query.QueryEngine;
import io.tidemark.spi.query.ResultVisitor;
import java.util.ArrayList;
import java.util.List;

/** A result in memory. */
class Result implements ResultVisitor {
    final List<String> names = new ArrayList<>();
    final List<String> types = new ArrayList<>();
    final List<List<Object>> rows = new ArrayList<>();

    static Result of(QueryEngine engine, QueryCatalog catalog, String sql) {
        Result result = new Result();
        engine.run(sql, catalog, result);
        return result;
    }

    /** The only value of a result of one row and one column. */
    Object only() {
        if (rows.size() != 1 || rows.get(0).size() != 1) {
            throw new AssertionError("not one value: " + rows);
        }
        return rows.get(0).get(0);
    }

    @Override
    public void columns(List<String> columnNames, List<String> columnTypes) {
        names.addAll(columnNames);
        types.addAll(columnTypes);
    }

    @Override
    public void row(List<Object> values) {
        rows.add(values);
    }
}
