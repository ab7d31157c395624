package io.tidemark.spi.lake;

import java.net.URI;
import java.util.List;

/** A catalog that is being served. Who attaches to it reads mirrors as of their newest commit and changes nothing. */
public interface CatalogEndpoint extends AutoCloseable {
    /** What engines are told to attach to. */
    URI uri();

    /** Lines for people: what is served, and what to type to attach. Without secrets. */
    List<String> instructions();

    /** Ends serving: connections are closed, and a request under way is waited for, some seconds at most, so that the lake can be closed. */
    @Override
    void close();
}
