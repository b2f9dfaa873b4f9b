namespace TuneSharp.Application.Chatting;

/// <summary>An adapter of a conversation, as it stands now.</summary>
/// <param name="Name">What the person calls it.</param>
/// <param name="Scale">Multiplies what it does; 1 is as trained.</param>
/// <param name="IsOn">False: it is loaded and takes no part.</param>
public sealed record ChatAdapter(string Name, double Scale, bool IsOn);
