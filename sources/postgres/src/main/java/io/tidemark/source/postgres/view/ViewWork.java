package io.tidemark.source.postgres.view;

import java.sql.Connection;
import java.sql.SQLException;

/** Something to be read inside the view. */
@FunctionalInterface
public interface ViewWork<T> {
    T run(Connection connection) throws SQLException;
}
