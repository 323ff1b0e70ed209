namespace RawWebSocket.Transport.Input;

/// <summary>Who receives for an input.</summary>
internal interface IReceiver
{
    /// <summary>Whether what waits for bytes runs on the thread that brings them.</summary>
    bool RunsInline { get; }

    /// <summary>Has the end of a wait run on the pool, if it does not run inline. Any thread.</summary>
    void RunOnPool(IThreadPoolWorkItem item);

    /// <summary>There is room again. Any thread.</summary>
    void Resume();

    /// <summary>The application reads no more. Any thread.</summary>
    void OnReaderCompleted();
}
