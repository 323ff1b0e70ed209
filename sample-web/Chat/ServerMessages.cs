using System.Text.Json.Serialization;

namespace SampleWeb.Chat;

/// <summary>What the server sends as JSON; <c>type</c> tells which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Welcome), "welcome")]
[JsonDerivedType(typeof(Joined), "joined")]
[JsonDerivedType(typeof(Left), "left")]
[JsonDerivedType(typeof(Who), "who")]
[JsonDerivedType(typeof(Said), "said")]
[JsonDerivedType(typeof(SentFile), "file")]
[JsonDerivedType(typeof(Pong), "pong")]
[JsonDerivedType(typeof(Error), "error")]
internal abstract record ServerMessage;

/// <summary>You are in, under this name; the limits are for the page to tell before it sends.</summary>
internal sealed record Welcome(string Name, string Room, int MaxText, int MaxFile) : ServerMessage;

/// <summary>Somebody else came in.</summary>
internal sealed record Joined(string Name, DateTimeOffset Time) : ServerMessage;

/// <summary>Somebody else left, or lost the connection.</summary>
internal sealed record Left(string Name, DateTimeOffset Time) : ServerMessage;

/// <summary>Everyone who is in the room now, in the order of their coming.</summary>
internal sealed record Who(IReadOnlyList<string> Names) : ServerMessage;

/// <summary>A text, to everyone in the room and its author, who knows it again by the id.</summary>
internal sealed record Said(string Name, string Text, DateTimeOffset Time, string? Id) : ServerMessage;

/// <summary>The JSON line at the head of a binary message; the file's bytes follow it. The name is the sender's.</summary>
internal sealed record SentFile(string Name, string File, string Mime, long Size, DateTimeOffset Time, string? Id) : ServerMessage;

/// <summary>The answer to <see cref="Ping"/>.</summary>
internal sealed record Pong(long Id) : ServerMessage;

/// <summary>What was wrong with a message, and which, when it had an id. Nothing else has happened.</summary>
internal sealed record Error(string Message, string? Id) : ServerMessage;
