// The service worker of a site that has no other: Relance's own, taken in.
importScripts('https://follow.example.com/sw.js');
