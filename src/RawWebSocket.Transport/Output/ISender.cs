namespace RawWebSocket.Transport.Output;

/// <summary>Who has the socket that an output sends through. Each is called on any thread, and under no lock.</summary>
internal interface ISender
{
    /// <summary>Whether what waits for a flush runs on the thread that ends it.</summary>
    bool RunsInline { get; }

    /// <summary>The socket did not take what it was given; the number says why.</summary>
    void OnSendFailed(int error);

    /// <summary>The application has completed the output with an exception.</summary>
    void OnWriterFailed(Exception exception);

    /// <summary>The application has completed the output, and all has been sent or will never be. Once.</summary>
    void OnOutputFinished();
}
