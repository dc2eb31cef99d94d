// The name by which the tests of the typed headers know the torture messages.
global using TortureData = CallActors.Sip.Tests.Messages.TortureMessages;
