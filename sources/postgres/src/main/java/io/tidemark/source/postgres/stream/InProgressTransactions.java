package io.tidemark.source.postgres.stream;

/** Keeps the messages of transactions that the server streams before they commit, until they commit or roll back. */
interface InProgressTransactions {
    /** The messages that follow are of this transaction. */
    void startBlock(int xid);

    /**
     * Keeps a message of the block's transaction.
     *
     * @param subXid the subtransaction that wrote it, or the transaction itself
     */
    void keep(int subXid, byte[] buffer, int offset, int length);

    void endBlock();

    /** Forgets a subtransaction's messages, or everything when both are the same. What is not known has nothing to forget. */
    void abort(int xid, int subXid);

    /** Whether a block of the transaction was started and it has neither committed nor rolled back. */
    boolean isKnown(int xid);

    /** Gives back the messages in order, without those of rolled back subtransactions, and forgets the transaction. */
    void replay(int xid, MessageConsumer consumer);

    /** Receives kept messages; the buffer is reused after the call. */
    interface MessageConsumer {
        void accept(byte[] buffer, int offset, int length);
    }
}
