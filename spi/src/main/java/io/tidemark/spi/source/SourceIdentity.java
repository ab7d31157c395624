package io.tidemark.spi.source;

/**
 * Which database a source is, whatever its address. Positions of two databases cannot be compared, nor those of two timelines of one database
 * from where they part.
 *
 * @param system the database cluster: the same for a primary and its standbys
 * @param database the database in it, by what stays when it is renamed
 * @param timeline counts the promotions of standbys up to this server; 0 for a server that is a standby
 */
public record SourceIdentity(String system, String database, long timeline) {
    /** Whether both are the same database, on the same timeline or not. */
    public boolean isSameDatabase(SourceIdentity other) {
        return system.equals(other.system) && database.equals(other.database);
    }
}
