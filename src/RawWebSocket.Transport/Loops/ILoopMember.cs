using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Loops;

/// <summary>What has a descriptor that a loop watches. All but <see cref="Place"/> is for the loop's thread only.</summary>
internal interface ILoopMember
{
    /// <summary>Its place in the loop's table; the loop sets it before anything can happen.</summary>
    int Place { get; set; }

    /// <summary>Something happened to the descriptor. It is not told again: what is not done now has to be remembered.</summary>
    void OnEvents(EpollFlags flags);

    /// <summary>The member had itself posted.</summary>
    void OnPosted();

    /// <summary>One of the others has thrown. Must not throw itself.</summary>
    void OnFault(Exception exception);
}
